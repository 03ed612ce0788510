// The head of every page (docs/decisions/0023), and the lists of matches below a text box, here and in forms. Menus close by
// Escape and by a press elsewhere. Without script menus close by their own button, the search box opens the page of search,
// and the pickers of forms are text boxes whose names the server looks up.
(function () {
  // What the last step said has the focus (autofocus), so screen readers say it first. Browsers don't give it if the address
  // leads to a part of the page. An address that led to a field is forgotten when the form is sent; a message is said again.
  addEventListener('submit', () => {
    if (location.hash) history.replaceState(history.state, '', location.pathname + location.search)
  })
  const message = document.querySelector('main [role=status][autofocus]')
  if (message && location.hash) setTimeout(() => message.replaceChildren(...message.childNodes), 1000)

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

  // A box with a list of matches is a combobox: focus stays in it, and the arrow keys choose an option. `part` has the box,
  // the list, and what a screen reader says of the matches.
  const combobox = (part, box, list, status, address) => {
    let timer, asking, shown = box.value.trim()
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
    // Without an option the list has only a hint for those who see it. Others hear it as the status.
    const open = is => {
      list.hidden = !is || !list.querySelector('[role=option], .none')
      box.setAttribute('aria-expanded', String(is && options().length > 0))
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
      for (const [n, option] of found.entries()) option.id ||= `${list.id}_${n}`
      open(true)
      if (!list.hidden) list.scrollIntoView({ block: 'nearest' })
      status.textContent = list.querySelector('[data-count]')?.dataset.count ?? found.at(-1)?.textContent.trim() ?? ''
    }
    const ask = () => {
      const text = box.value.trim()
      if (text === shown) return open(true)
      asking?.abort()
      if (!text) return show('', '')
      asking = new AbortController()
      fetch(address + encodeURIComponent(text), { signal: asking.signal })
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
        // One step before the first option and after the last is the box itself, where Enter asks for the page of search. A box
        // of a form has no such page, and Enter would send the form, so there the last option leads to the first.
        const step = event.key === 'ArrowDown' ? 1 : -1
        const next = list.hidden || at < 0 ? (step > 0 ? 0 : found.length - 1) : at + step
        open(true)
        choose(found[find === part ? next : (next + found.length) % found.length])
      } else return
      event.preventDefault()
    })
    list.addEventListener('mousedown', event => event.preventDefault()) // the box keeps the focus
    list.addEventListener('click', event => {
      const option = event.target.closest('[data-value]')
      if (!option) return
      box.value = shown = option.dataset.value
      close()
      status.textContent = shown
      box.dispatchEvent(new Event('change', { bubbles: true }))
    })
    part.addEventListener('focusout', event => { if (!part.contains(event.relatedTarget)) close() })
    box.form.addEventListener('submit', close)
    addEventListener('pageshow', close)
  }

  const find = document.querySelector('[data-find]')
  const byId = id => document.getElementById(id)
  if (find) combobox(find, find.elements.q, byId('find-list'), byId('find-said'), find.dataset.find + '?q=')

  const pickers = within => {
    for (const box of within.querySelectorAll('input[data-pick]:not([role])')) {
      const part = document.createElement('div')
      const list = Object.assign(document.createElement('div'), { id: box.id + '_matches', className: 'suggest', hidden: true })
      const status = Object.assign(document.createElement('span'), { className: 'sr' })
      const had = document.activeElement === box
      part.className = 'combo'
      list.setAttribute('role', 'listbox')
      list.setAttribute('aria-label', box.labels[0]?.textContent.trim() ?? '')
      status.setAttribute('role', 'status')
      box.removeAttribute('list')
      box.replaceWith(part)
      part.append(box, list, status)
      if (had) box.focus()
      combobox(part, box, list, status, box.dataset.pick + '&q=')
    }
  }

  // Of a long list of checkboxes, those with the typed words show. What is checked stays checked.
  const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const narrowed = within => {
    for (const part of within.querySelectorAll('[data-narrow][hidden]')) {
      const box = part.querySelector('input'), status = part.querySelector('[role=status]')
      const rows = [...part.parentElement.querySelectorAll('.check')]
      part.hidden = false
      box.addEventListener('keydown', event => { if (event.key === 'Enter') event.preventDefault() })
      box.addEventListener('input', event => {
        event.stopPropagation() // it's no text of the form
        const words = plain(box.value).split(/\s+/)
        for (const row of rows) row.hidden = !words.every(word => plain(row.textContent).includes(word))
        const shown = rows.filter(row => !row.hidden).length
        status.textContent = status.dataset.words.replace('{n}', shown).replace('{all}', rows.length)
      })
    }
  }
  // One more row in a form: a copy of its blank row, which gets the focus.
  const rows = within => {
    for (const part of within.querySelectorAll('[data-rows][hidden]')) {
      const button = part.querySelector('button'), status = part.querySelector('[role=status]')
      const fields = part.closest('form').elements, prefix = part.dataset.rows
      const total = fields[prefix + '-TOTAL_FORMS'], most = Number(fields[prefix + '-MAX_NUM_FORMS'].value)
      part.hidden = Number(total.value) >= most
      button.addEventListener('click', () => {
        const n = Number(total.value), list = part.previousElementSibling
        const blank = part.querySelector('template').innerHTML
        list.insertAdjacentHTML('beforeend', blank.replaceAll('__prefix__', n).replaceAll('__number__', n + 1))
        total.value = n + 1
        for (const enhance of enhancements) enhance(list.lastElementChild)
        list.lastElementChild.querySelector('input:not([type=hidden]), select, textarea').focus()
        status.textContent = status.dataset.words.replace('{n}', n + 1)
        button.hidden = n + 1 >= most
      })
    }
  }
  // One button checks all options that show.
  const all = within => {
    for (const part of within.querySelectorAll('[data-all][hidden]')) {
      part.hidden = false
      part.querySelector('button').addEventListener('click', () => {
        const boxes = [...part.parentElement.querySelectorAll('.check:not([hidden]) input')]
        for (const box of boxes) box.checked = true
        boxes.at(-1)?.dispatchEvent(new Event('input', { bubbles: true }))
      })
    }
  }
  const enhancements = [pickers, narrowed, rows, all]
  for (const enhance of enhancements) {
    enhance(document)
    document.addEventListener('htmx:load', event => enhance(event.target))
  }
})()
