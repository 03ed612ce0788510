// Zooms and moves the picture of a network or a map, and marks who is connected with the partner under the pointer or the
// focus (docs/decisions/0025). The library that zooms is loaded at the first press. Without script, pictures are whole.
(function () {
  document.documentElement.classList.add('zooms')
  const STEP = 40 // pixels that an arrow key moves a picture
  const ARROWS = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }
  const zoomed = new Map() // the picture → its Panzoom
  let loaded
  const load = address => {
    loaded = loaded || new Promise((done, failed) => {
      const script = document.createElement('script')
      script.src = address
      script.onload = done
      script.onerror = () => { loaded = null; failed() }
      document.head.append(script)
    })
    return loaded
  }
  const shownIn = view => [...view.querySelectorAll('svg')].find(one => one.getClientRects().length)

  const start = view => {
    const picture = shownIn(view)
    if (!zoomed.has(picture)) {
      const panzoom = window.Panzoom(picture, { maxScale: 8, minScale: 1, step: 0.4, contain: 'outside', cursor: 'grab' })
      zoomed.set(picture, panzoom)
      Object.assign(view, { tabIndex: 0, role: 'group', ariaLabel: view.dataset.label })
      view.onwheel = event => { if (event.ctrlKey) panzoom.zoomWithWheel(event) }
    }
    return zoomed.get(picture)
  }
  const stop = view => {
    const picture = shownIn(view)
    if (!zoomed.has(picture)) return
    zoomed.get(picture).reset({ animate: false })
    zoomed.get(picture).destroy()
    zoomed.get(picture).resetStyle()
    Object.assign(picture.style, { transform: '', transition: '' })
    zoomed.delete(picture)
    for (const name of ['tabindex', 'role', 'aria-label']) view.removeAttribute(name)
    view.onwheel = null
  }

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-zoom]')
    if (!button) return
    const tools = button.closest('.zoom'), view = tools.nextElementSibling
    if (button.dataset.zoom === 'all') return stop(view)
    load(tools.dataset.library).then(() => {
      const panzoom = start(view)
      const animate = !matchMedia('(prefers-reduced-motion: reduce)').matches
      if (button.dataset.zoom === 'in') panzoom.zoomIn({ animate })
      else panzoom.zoomOut({ animate })
    }, () => { tools.hidden = true }) // it can't be reached: the picture is whole
  })
  document.addEventListener('keydown', event => {
    const panzoom = event.target.matches('.view') && zoomed.get(shownIn(event.target))
    if (!panzoom || !ARROWS[event.key]) return
    event.preventDefault()
    panzoom.pan(...ARROWS[event.key], { relative: true })
  })

  // A mark links to a row. Moving the picture by a mark isn't a press of it.
  let from
  document.addEventListener('pointerdown', event => { from = [event.clientX, event.clientY] }, true)
  document.addEventListener('click', event => {
    const moved = from && Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 6
    if (moved && event.detail && event.target.closest('.view')) event.preventDefault()
  }, true)

  // The lines of a network are few paths, so the neighbors of a mark follow from where lines end.
  const neighbors = new WeakMap() // the picture → mark → [mark, line][]
  const neighborsIn = picture => {
    if (neighbors.has(picture)) return neighbors.get(picture)
    const marks = [...picture.querySelectorAll('.v-link')].map(mark => {
      const number = mark.querySelector('.v-n')
      return [mark, +number.getAttribute('x'), +number.getAttribute('y') - 4]
    })
    const at = (x, y) => (marks.find(one => Math.hypot(one[1] - x, one[2] - y) < 1) || [])[0]
    const found = new Map(marks.map(([mark]) => [mark, []]))
    for (const path of picture.querySelectorAll('.v-tie')) {
      for (const line of path.getAttribute('d').match(/M[^M]+/g)) {
        const [x, y, x2, y2] = line.slice(1).split(/[ L]/).map(Number)
        const [one, other] = [at(x, y), at(x2, y2)]
        if (!one || !other) continue
        found.get(one).push([other, line])
        found.get(other).push([one, line])
      }
    }
    neighbors.set(picture, found)
    return found
  }
  const clear = picture => {
    picture.classList.remove('has-near')
    picture.querySelectorAll('.near').forEach(one => one.classList.remove('near'))
    picture.querySelectorAll('.v-near').forEach(one => one.remove())
  }
  const show = event => {
    const [of, focused] = ['.network .v-link', document.activeElement]
    const mark = event.target.closest(of) || (focused && focused.closest(of))
    const picture = mark && mark.ownerSVGElement
    document.querySelectorAll('.network.has-near').forEach(clear)
    if (!mark) return
    const found = neighborsIn(picture).get(mark)
    const lines = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    lines.setAttribute('class', 'v-near')
    lines.setAttribute('d', found.map(([, line]) => line).join('') || 'M0 0')
    picture.insertBefore(lines, picture.querySelector('.v-link'))
    for (const one of [mark, ...found.map(([other]) => other)]) one.classList.add('near')
    picture.classList.add('has-near')
  }
  document.addEventListener('pointerover', show)
  document.addEventListener('focusin', show)
})()
