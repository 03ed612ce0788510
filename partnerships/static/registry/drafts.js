// Keeps what is typed into a form some seconds after the last change, and when the page goes (docs/decisions/0013). Without
// script the button beside “Save” does the same.
(function () {
  const button = document.querySelector('[data-keeps]')
  if (!button) return
  const form = button.form
  const status = document.getElementById('draft-said')
  let timer, changed = false, busy = false, lost = false, sent = false
  const keep = leaving => {
    clearTimeout(timer)
    if (!changed || sent || !form.isConnected || (busy && !leaving)) return
    changed = false
    busy = true
    const body = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value)
    body.set('draft', 'script')
    fetch(form.action, { method: 'POST', body, keepalive: leaving, redirect: 'error' })
      .then(answer => answer.json())
      .then(answer => { status.textContent = answer.words })
      .catch(() => {
        lost = true
        status.textContent = button.dataset.keeps
      })
      .finally(() => {
        busy = false
        if (changed) later()
        changed = changed || lost // tried again with the next change, or when the page goes
        lost = false
      })
  }
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(keep, 4000, false)
  }
  const typed = () => {
    changed = true
    later()
  }
  form.addEventListener('input', typed)
  form.addEventListener('change', typed)
  form.addEventListener('submit', () => { sent = true })
  addEventListener('pageshow', () => { sent = false })
  addEventListener('pagehide', () => keep(true))
  document.addEventListener('visibilitychange', () => { if (document.hidden) keep(true) })
})()
