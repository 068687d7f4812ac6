// The second program's script: loads it, and has it draw at every change. scripts/site.mjs puts in the name of its file and the glue
// that wasm-bindgen makes.
import init, { redraw_plan } from './plan.js'

const root = document.querySelector('[data-live]')
if (root) {
  await init({ module_or_path: new URL('%PROGRAM%', import.meta.url) })
  const status = root.querySelector('[role=status]')
  const drawn = root.querySelector('[data-plan]')
  // Only the fields that what is asked has a use for; without script all are there.
  const show = () => {
    const asked = root.querySelector('input[name=if]:checked')?.value
    for (const part of root.querySelectorAll('[data-for]')) part.hidden = !part.dataset.for.split(' ').includes(asked)
    redraw_plan(root)
  }
  let waiting
  const draw = () => {
    show()
    // Those who hear the page are told once it has been quiet for a moment, not at every letter.
    clearTimeout(waiting)
    waiting = setTimeout(() => { if (status) status.textContent = drawn.querySelector('p')?.textContent ?? drawn.textContent }, 800)
  }
  for (const part of root.querySelectorAll('[data-script]')) part.hidden = part.dataset.script !== 'with'
  root.addEventListener('input', draw)
  show()
}
