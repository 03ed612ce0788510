// Cells of a spreadsheet that are pasted into a cell of the grid fill the cells right of it and below. What doesn't fit is left
// out. Without script, people paste a whole table on a page of its own.
(function () {
  const inputs = row => [...row.querySelectorAll('input.input')]
  document.querySelector('.entry').addEventListener('paste', event => {
    const text = event.clipboardData.getData('text').replace(/(\r?\n)+$/, '')
    if (!event.target.matches('input.input') || !/[\t\n]/.test(text)) return
    event.preventDefault()
    const row = event.target.closest('tr'), rows = [...row.parentNode.rows]
    const top = rows.indexOf(row), left = inputs(row).indexOf(event.target)
    text.split(/\r?\n/).forEach((line, down) => line.split('\t').forEach((cell, along) => {
      const input = rows[top + down] && inputs(rows[top + down])[left + along]
      if (!input) return
      input.value = cell.trim()
      input.dispatchEvent(new Event('input', { bubbles: true }))
    }))
  })
})()
