// The filters of a list apply as they are chosen: the count, the chips and the rows change, and the open menu stays. Without
// script, each menu has a button. head.js closes menus.
(function () {
  const form = document.getElementById('filters')
  if (!form) return
  let asked
  const address = () => {
    const chosen = [...new FormData(form)].filter(([, value]) => value)
    return form.action.split('?')[0] + (chosen.length ? '?' + new URLSearchParams(chosen) : '')
  }
  // What may have the focus stays: the button of a menu, and all that is in the open one.
  const renew = (menu, fresh) => {
    if (!fresh) return menu.remove()
    const [button, pop] = menu.children, [newButton, newPop] = fresh.children
    button.className = newButton.className
    button.replaceChildren(...newButton.childNodes)
    if (!menu.open) return pop.replaceChildren(...newPop.childNodes)
    const counts = fresh.querySelectorAll('.facet .n')
    menu.querySelectorAll('.facet .n').forEach((count, at) => { count.textContent = counts[at] ? counts[at].textContent : '' })
  }
  const show = (text, url) => {
    const fresh = new DOMParser().parseFromString(text, 'text/html')
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
    fetch(url, { signal: asked.signal })
      .then(answer => answer.ok ? answer.text() : Promise.reject(answer))
      .then(text => show(text, url))
      .catch(problem => { if (problem.name !== 'AbortError') form.submit() })
  })
  form.addEventListener('toggle', event => {
    for (const menu of form.querySelectorAll('details[open]')) if (event.target.open && menu !== event.target) menu.open = false
  }, true)
})()
