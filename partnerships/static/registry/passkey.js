// For passkeys (docs/decisions/0003): it ties the button of a page to allauth's scripts for passkeys, shows it only
// where it works, and says in words that a passkey was not used.
(function () {
  const show = (kind, shown) => {
    document.querySelectorAll(`[data-passkey="${kind}"]`).forEach(part => { part.hidden = !shown })
  }
  const button = document.getElementById('passkey')
  if (!button || !window.allauth || !window.webauthnJSON || !window.webauthnJSON.supported()) return
  const ids = { data: 'js_data', passwordless: 'id_passwordless', credential: 'id_credential' }
  window.allauth.webauthn.forms[button.dataset.does]({
    ids: { ...ids, add: 'passkey', authenticate: 'passkey', login: 'passkey' }
  })
  button.addEventListener('click', () => show('failed', false), true)
  document.addEventListener('allauth.error', event => {
    event.preventDefault()
    show('failed', true)
  })
  show('without', false)
  show('works', true)
})()
