// Forms that open on the page that leads to them, through htmx (docs/decisions/0024). Without script, or if the form can't be
// had, the same link opens it as a page. Focus goes to the form's heading, and back to the link when it's canceled.
(function () {
  const title = document.title
  let opener
  const open = () => document.querySelector('.editing')
  document.addEventListener('htmx:beforeRequest', event => {
    const { elt } = event.detail
    if (elt.matches('form')) return
    // One form at a time: what is typed into the other one stays.
    if (open()) {
      event.preventDefault()
      open().querySelector('h2').focus()
    } else opener = elt
  })
  document.addEventListener('click', event => {
    const cancel = event.target.closest('.editing .savebar a')
    if (!cancel) return
    event.preventDefault()
    open().remove()
    document.title = title
    opener.focus()
  })
  for (const failure of ['htmx:responseError', 'htmx:sendError']) {
    document.addEventListener(failure, event => {
      const { elt } = event.detail
      if (elt.matches('a')) return location.assign(elt.href)
      elt.querySelector('#draft-said').textContent = elt.querySelector('[data-keeps]').dataset.keeps
    })
  }
})()
