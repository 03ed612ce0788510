// Forms that open on the page that leads to them, through htmx (docs/decisions/0024). Without script, or if the form can't be
// had, the same link opens it as a page. Focus goes to the form's heading, and back to the link when it's saved or canceled.
(function () {
  const open = () => document.querySelector('.editing')
  const main = () => document.getElementById('main')
  const status = Object.assign(document.createElement('p'), { className: 'sr' })
  status.setAttribute('role', 'status')
  document.body.append(status)
  let title = document.title
  let opener, asked, typing

  document.addEventListener('htmx:beforeRequest', event => {
    const { elt, xhr } = event.detail
    if (elt.matches('form')) {
      // What is typed until the answer comes would be lost.
      typing = document.activeElement
      open().inert = true
    } else if (open()) {
      // One form at a time: what is typed into the other one stays.
      event.preventDefault()
      open().querySelector('h2').focus()
    } else {
      asked?.abort() // of two links, the second one opens its form
      asked = xhr
      opener = elt
      const menu = elt.closest('details.more')
      if (menu) menu.open = false
      main().querySelector('.notes')?.remove()
    }
  })

  // Focuses the link that opened the form, or the new one in its place, and returns it.
  const goBack = () => {
    const links = [...main().querySelectorAll('a[data-hx-get]')]
    const same = ['href', 'data-hx-target']
    const link = opener.isConnected
      ? opener
      : links.find(one => same.every(name => one.getAttribute(name) === opener.getAttribute(name)))
    const fold = link?.closest('details:not(.more)')
    if (fold) fold.open = true
    ;(link?.closest('details.more')?.querySelector('summary') ?? link)?.focus()
    return link
  }

  // Removes the form, and returns where it was.
  const close = () => {
    const here = open().parentElement
    here.replaceChildren()
    return here
  }

  document.addEventListener('click', event => {
    if (!event.target.closest('.editing .savebar a')) return
    event.preventDefault()
    close()
    document.title = title
    goBack()
  })

  // Makes a part of the page like a fresh one, and touches only what differs between them.
  const renew = (old, fresh) => {
    if (old.nodeName === 'DETAILS' && fresh.nodeName === 'DETAILS') fresh.open = old.open
    if (old.isEqualNode(fresh)) return
    const was = [...old.childNodes], now = [...fresh.childNodes]
    if (was.length > 0 && was.length === now.length && old.cloneNode().isEqualNode(fresh.cloneNode())) {
      for (const [n, one] of was.entries()) renew(one, now[n])
      return
    }
    old.replaceWith(fresh)
    if (fresh.nodeType !== Node.ELEMENT_NODE) return
    htmx.process(fresh)
    htmx.trigger(fresh, 'htmx:load')
  }

  const showSaved = page => {
    const fresh = page.getElementById('main')
    const message = fresh.querySelector('.notes')
    const here = close()
    message?.remove()
    for (const part of [main(), fresh]) part.normalize()
    renew(main(), fresh)
    document.title = title = page.title
    const link = goBack()
    if (!message) return
    message.className = 'notes'
    for (const part of message.querySelectorAll('[role]')) { // `status` speaks instead
      for (const name of ['role', 'tabindex', 'autofocus']) part.removeAttribute(name)
    }
    const next = [...main().querySelectorAll('.here')].find(one => link?.compareDocumentPosition(one) & 4)
    ;(next ?? (here.isConnected ? here : document.getElementById('here'))).append(message)
    status.textContent = message.textContent.trim()
    if (!link) {
      message.tabIndex = -1
      message.focus()
    }
  }

  // A saved form leads back to its page. Instead of loading it again, this puts what changed into it.
  document.addEventListener('htmx:beforeOnLoad', async event => {
    const to = event.detail.xhr.getResponseHeader('HX-Redirect')
    if (to !== location.pathname) return
    event.preventDefault()
    const answer = await fetch(location.href).catch(() => null)
    if (!answer?.ok || answer.redirected) return location.assign(to)
    showSaved(new DOMParser().parseFromString(await answer.text(), 'text/html'))
  })

  for (const failure of ['htmx:responseError', 'htmx:sendError']) {
    document.addEventListener(failure, event => {
      const { elt } = event.detail
      if (elt.matches('a')) return location.assign(elt.href)
      open().inert = false
      typing.focus()
      elt.querySelector('#draft-said').textContent = elt.querySelector('[data-keeps]').dataset.keeps
    })
  }
})()
