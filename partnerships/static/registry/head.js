// The head of every page (docs/decisions/0023): menus close by Escape and by a press elsewhere, and the search box shows
// matches as one types. Without script menus close by their own button, and the box opens the page of search.
(function () {
  const menus = () => document.querySelectorAll('details.more[open]')
  addEventListener('keydown', event => {
    if (event.key !== 'Escape') return
    for (const menu of menus()) {
      if (menu.contains(document.activeElement)) menu.querySelector('summary').focus()
      menu.open = false
    }
  })
  addEventListener('click', event => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false
  })

  // The box is a combobox with a list: focus stays in it, and the arrow keys choose an option.
  const form = document.querySelector('[data-find]')
  if (!form) return
  const box = form.elements.q
  const list = document.getElementById('find-list')
  const said = document.getElementById('find-said')
  let timer, asking, shown = ''
  const attributes = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' }
  for (const name in attributes) box.setAttribute(name, attributes[name])
  const options = () => [...list.querySelectorAll('[role=option]')]
  const chosen = () => list.querySelector('[aria-selected=true]')
  const choose = option => {
    chosen()?.setAttribute('aria-selected', 'false')
    if (option) {
      option.setAttribute('aria-selected', 'true')
      option.scrollIntoView({ block: 'nearest' })
      box.setAttribute('aria-activedescendant', option.id)
    } else box.removeAttribute('aria-activedescendant')
  }
  const open = is => {
    list.hidden = !is
    box.setAttribute('aria-expanded', String(is))
    if (!is) choose(null)
  }
  const close = () => {
    clearTimeout(timer)
    asking?.abort()
    open(false)
  }
  const show = (html, text) => {
    list.innerHTML = html
    shown = text
    const found = options()
    open(found.length > 0)
    said.textContent = found.length ? found.at(-1).textContent.trim() : ''
  }
  const ask = () => {
    const text = box.value.trim()
    if (text === shown) return open(options().length > 0)
    asking?.abort()
    if (!text) return show('', '')
    asking = new AbortController()
    fetch(form.dataset.find + '?q=' + encodeURIComponent(text), { signal: asking.signal })
      .then(answer => (answer.ok && !answer.redirected ? answer.text() : ''))
      .then(html => { if (document.activeElement === box) show(html, text) })
      .catch(() => {}) // no suggestions then; the form still works
  }
  box.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, 150)
  })
  box.addEventListener('keydown', event => {
    const found = options()
    const at = found.indexOf(chosen())
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Escape' && !list.hidden) {
      close()
    } else if (event.key === 'Enter' && chosen()) {
      chosen().click()
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && found.length) {
      // One step before the first option and after the last is the box itself.
      const step = event.key === 'ArrowDown' ? 1 : -1
      const next = list.hidden ? (step > 0 ? 0 : found.length - 1) : at < 0 && step < 0 ? found.length - 1 : at + step
      open(true)
      choose(found[next])
    } else return
    event.preventDefault()
  })
  list.addEventListener('mousedown', event => event.preventDefault()) // the box keeps the focus
  form.addEventListener('focusout', event => { if (!form.contains(event.relatedTarget)) close() })
  form.addEventListener('submit', close)
  addEventListener('pageshow', close)
})()
