// What the checks of a page read of it. Each function gives a list of plain findings; an empty list is what we want.
(() => {
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const words = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 160);
  const style = (e) => getComputedStyle(e);
  const clipped = new Set([...document.querySelectorAll(".sr, thead")].filter((e) => style(e).clipPath !== "none"));
  const seen = (e) => {
    if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = e.getBoundingClientRect(), part = e.closest(".sr, thead");
    return box.width > 1 && box.height > 1 && box.bottom + scrollY > 0 && !(part && clipped.has(part));
  };
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  const block = (e) => { while (style(e).display.startsWith("inline")) e = e.parentElement; return e; };

  // Texts: where each one stands on the page
  const texts = () => {
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode, e = node.parentElement;
      if (!node.data.trim() || e.closest("svg, script, style, select, textarea, datalist, .sr") || !seen(e)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const frame = rolls(e)?.getBoundingClientRect(); // text that is scrolled out of it stands nowhere on the page
      const boxes = [...range.getClientRects()].filter((box) => !frame || (box.bottom > frame.top && box.top < frame.bottom));
      found.push({ e, text: node.data.trim().replace(/\s+/g, " "), boxes });
    }
    return found;
  };
  const rolls = (e) => { for (; e; e = e.parentElement) if (/auto|scroll/.test(style(e).overflowX)) return e; return null; };

  // A link in a sentence is as high as its line (WCAG 2.5.8, “inline”): other words stand in the same block.
  const inSentence = (e) => {
    if (style(e).display !== "inline") return false;
    const around = block(e), walk = document.createTreeWalker(around, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const parent = walk.currentNode.parentElement;
      if (/\p{L}{2}/u.test(walk.currentNode.data) && !parent.closest(TARGETS) && block(parent) === around) return true;
    }
    return false;
  };
  const boxOf = (e) => {
    const label = /checkbox|radio/.test(e.type) && e.closest("label");
    return (label || e).getBoundingClientRect();
  };

  // Colors
  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, below) => {
    const mix = (k) => top[k] * top.a + below[k] * (1 - top.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  };
  const ground = (e) => {
    const layers = [];
    for (; e; e = e.parentElement) {
      layers.push(parse(style(e).backgroundColor));
      if (layers.at(-1).a === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const light = ({ r, g, b }) => {
    const f = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const ratio = (one, two) => {
    const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  return {
    // Opens all that opens and waits for the options that menus load; says whether anything was closed.
    open: async () => {
      const closed = [...document.querySelectorAll("details:not([open])")];
      const opened = (e) => new Promise((done) => e.addEventListener("toggle", done, { once: true }));
      await Promise.all(closed.map((e) => ((e.open = true), opened(e))));
      while (document.querySelector(".is-loading")) await new Promise((done) => setTimeout(done, 10));
      return closed.length > 0;
    },
    words: () => [...new Set(texts().map(({ text }) => text))],

    // Texts of the wide page that a narrow one has neither in sight nor behind a link to a part that opens.
    missing: (wide) => {
      const now = new Set(texts().map(({ text }) => text)), rest = new Set();
      for (const link of all('a[href^="#"]')) {
        const part = document.getElementById(link.getAttribute("href").slice(1));
        if (part && !seen(part)) rest.add(part.textContent.replace(/\s+/g, " "));
      }
      for (const name of document.querySelectorAll("thead th")) {
        const rows = [...name.closest("table").querySelectorAll("tbody tr:not(:has([colspan]))")];
        const told = (cell) => cell.matches("th[scope=row], [data-l]");
        if (clipped.has(name.closest("thead")) && rows.every((row) => told(row.cells[name.cellIndex]))) rest.add(name.textContent);
      }
      return wide.filter((text) => !now.has(text) && ![...rest].some((part) => part.includes(text)));
    },
    sideways: () => {
      const root = document.scrollingElement;
      if (root.scrollWidth <= innerWidth) return [];
      const wide = [...document.body.querySelectorAll("*")].filter(
        (e) => seen(e) && e.getBoundingClientRect().right > innerWidth + 1 && !rolls(e)
      );
      return [`${root.scrollWidth} wide`, ...wide.slice(-4).map(words)];
    },
    rolling: () => [...document.body.querySelectorAll("*")].filter((e) => e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(style(e).overflowX)
      && seen(e) && !e.matches("textarea, input, select") && !e.querySelector("table")).map(words),
    cut: () => [...document.body.querySelectorAll("*:not(svg, svg *, .sr, input, select, option, textarea, progress)")].filter((e) => {
      if (e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 1) return false;
      const s = style(e), hides = (way) => /hidden|clip/.test(way);
      return e.textContent.trim() && seen(e)
        && (hides(s.overflowX) && e.scrollWidth > e.clientWidth + 1 || hides(s.overflowY) && e.scrollHeight > e.clientHeight + 1);
    }).map(words),
    overlapping: () => {
      const menu = ({ e }) => e.closest(".pop"); // an open menu covers what is below it
      const boxes = texts().flatMap(({ e, text, boxes }) => boxes.map((box) => ({ e, text, box })))
        .sort((a, b) => a.box.top - b.box.top), found = [];
      boxes.forEach((a, at) => {
        for (const b of boxes.slice(at + 1)) {
          if (b.box.top > a.box.bottom - 5) break;
          const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
          const down = Math.min(a.box.bottom, b.box.bottom) - b.box.top;
          if (a.e !== b.e && menu(a) === menu(b) && across > 3 && down > 5) found.push(`“${a.text.slice(0, 60)}” over “${b.text.slice(0, 60)}”`);
        }
      });
      return found;
    },
    small: () => all(TARGETS).filter((e) => {
      const box = boxOf(e);
      return (box.width < 23.99 || box.height < 23.99) && !inSentence(e);
    }).map((e) => `${Math.round(boxOf(e).width)} × ${Math.round(boxOf(e).height)}: ${words(e)}`),

    // Words of targets against their ground; borders of fields and the ring of what has the focus against what is around.
    faint: (focused = false) => {
      const grounds = new Map(), groundOf = (e) => grounds.get(e) || grounds.set(e, ground(e)).get(e);
      const against = (color, around) => ratio(over(parse(color), around), around), found = [];
      const wants = (e, what, is, least) => { if (is < least) found.push(`${what} ${is.toFixed(2)}: ${words(e)}`); };
      for (const e of new Set(texts().map(({ e }) => e).filter((e) => e.closest(`${TARGETS}, label`)))) {
        const s = style(e), large = parseFloat(s.fontSize) >= (s.fontWeight >= 700 ? 18.66 : 24);
        wants(e, "words", against(s.color, groundOf(e)), large ? 3 : 4.5);
      }
      for (const e of all(TARGETS)) {
        const s = style(e), around = groundOf(e.parentElement);
        if (e.matches(".input") && !e.disabled) {
          wants(e, "words", against(s.color, groundOf(e)), 4.5);
          const edges = ["Top", "Right", "Bottom", "Left"].map((side) => against(s[`border${side}Color`], around));
          wants(e, "border", Math.max(...edges), 3);
        }
        if (!focused) continue;
        const rung = e.closest("label.choice") || e, ring = style(rung);
        const shows = ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2;
        wants(e, "ring", shows ? against(ring.outlineColor, groundOf(rung.parentElement)) : 0, 3);
      }
      return found;
    },

    // A choice that stands for nothing says what nothing means.
    mute: () => [...document.querySelectorAll("select option")]
      .filter((option) => !/\p{L}/u.test(option.label)).map((option) => words(option.parentElement)),

    // Forms: type into every field of the first form that has those of `given`, and tell what stands in them. `given`: field →
    // text as it is; others get some.
    type: (given, others = true) => {
      const forms = [...document.querySelectorAll("main form[method=post]")];
      const form = window.typedInto = forms.find((one) => Object.keys(given).every((name) => one.elements[name])) || forms[0];
      const typed = (e) => {
        if (e.name in given) return given[e.name];
        return { date: "2027-03-04", time: "17:45", number: e.min || "7", email: "desk@example.org", url: "https://example.org/x" }[e.type]
          || (e.matches("textarea") ? "First line\nSecond line" : (e.value || "Typed words"));
      };
      for (const e of form.elements) {
        if (!e.name || /DELETE$/.test(e.name) || !(e.name in given) && (e.type === "hidden" || !others)) continue;
        if (e.type === "file") continue; // only a person may choose one
        if (e.type === "checkbox" || e.type === "radio") {
          if (e.name in given) e.checked = [given[e.name]].flat().includes(e.value);
          else e.checked = true;
        } else if (e.matches("select")) {
          if (e.name in given) e.value = given[e.name]; else e.selectedIndex = e.options.length - 1;
        } else {
          if (e.name in given) e.type = e.matches("input") && e.type !== "hidden" ? "text" : e.type;
          e.value = typed(e);
        }
      }
    },
    typed: () => {
      const form = window.typedInto || document.querySelector("main form[method=post]"), hidden = "input[type=hidden]";
      if (!form) return {};
      const names = [...form.elements].filter((e) => e.name && e.type !== "file" && !e.matches(hidden)).map((e) => e.name);
      const data = new FormData(form);
      return Object.fromEntries([...new Set(names)].map((name) => [name, data.getAll(name).map((v) => v.replace(/\r\n/g, "\n"))]));
    },
    send: () => {
      const form = window.typedInto || document.querySelector("main form[method=post]");
      form.noValidate = true;
      HTMLFormElement.prototype.submit.call(form);
    },
  };
})()
