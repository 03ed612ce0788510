// The filters of a list apply as they are chosen: the count, the chips and the rows change, and the open menu stays. The options
// of a menu load when it opens. Without script, a list links to a page with all of its filters. head.js closes menus.
(function () {
  const form = document.getElementById('filters')
  if (!form) return
  const status = document.getElementById('filters-status')
  const parse = text => new DOMParser().parseFromString(text, 'text/html')
  let asked
  const address = () => {
    const chosen = [...new FormData(form)].filter(([, value]) => value)
    return form.action.split('?')[0] + (chosen.length ? '?' + new URLSearchParams(chosen) : '')
  }
  const get = (url, signal) => fetch(url, { signal }).then(answer => answer.ok ? answer.text() : Promise.reject(answer))

  const isLoaded = pop => !pop.querySelector('.loading')
  const load = pop => {
    if (isLoaded(pop) || pop.classList.contains('is-loading')) return
    if (pop.contains(document.activeElement)) pop.previousElementSibling.focus() // “Try again” goes
    pop.classList.remove('is-failed')
    pop.classList.add('is-loading')
    status.textContent = pop.querySelector('.loading').textContent
    get(pop.dataset.url).then(text => {
      const fresh = parse(text)
      status.textContent = fresh.querySelector('[data-status]').dataset.status
      pop.replaceChildren(...fresh.body.childNodes)
    }).catch(() => {
      pop.classList.add('is-failed')
      status.textContent = pop.querySelector('.failed').textContent
    }).finally(() => pop.classList.remove('is-loading'))
  }
  form.addEventListener('toggle', event => {
    const menu = event.target
    if (!menu.open) return
    for (const other of form.querySelectorAll('details[open]')) if (other !== menu) other.open = false
    load(menu.querySelector('.pop'))
  }, true)
  form.addEventListener('click', event => {
    if (event.target.matches('.loads .pop > button[type=button]')) load(event.target.parentElement)
  })

  // What may have the focus stays: the button of a menu, and all that is in the open one.
  const renew = (menu, fresh) => {
    if (!fresh) return menu.remove()
    const [button, pop] = menu.children, [newButton, newPop] = fresh.children
    button.className = newButton.className
    button.replaceChildren(...newButton.childNodes)
    if (menu.open) return recount(pop, newPop.dataset.url)
    pop.replaceWith(newPop)
  }
  // The numbers next to the options of the open menu.
  const recount = (pop, url) => {
    if (!url || !isLoaded(pop)) return
    get(url).then(text => {
      const fresh = [...parse(text).querySelectorAll('.facet input')]
      for (const box of pop.querySelectorAll('.facet input')) {
        const same = fresh.find(one => one.name === box.name && one.value === box.value)
        while (same && box.nextSibling) box.nextSibling.remove()
        if (same) box.after(...[...same.parentElement.children].slice(1))
      }
    }).catch(() => {}) // the earlier numbers stay
  }
  const show = (text, url) => {
    const fresh = parse(text)
    document.title = fresh.title
    history.replaceState(null, '', url)
    for (const part of document.querySelectorAll('[data-part]')) {
      const found = fresh.getElementById(part.id)
      const held = part.contains(document.activeElement)
      part.replaceChildren(...(found ? found.childNodes : []))
      if (held) document.getElementById('results').focus()
    }
    for (const menu of form.querySelectorAll('details')) renew(menu, fresh.getElementById(menu.id))
  }
  form.addEventListener('change', () => {
    const url = address()
    if (asked) asked.abort()
    asked = new AbortController()
    get(url, asked.signal)
      .then(text => show(text, url))
      .catch(problem => { if (problem.name !== 'AbortError') form.submit() })
  })
})()
