// The second program's script: loads it, and has it draw at every change. scripts/site.mjs puts the names of the files in.
import init, { redraw_plan } from '%GLUE%'

const root = document.querySelector('[data-live]')
if (root) {
  await init({ module_or_path: new URL('%PROGRAM%', import.meta.url) })
  const status = root.querySelector('[role=status]')
  const drawn = root.querySelector('[data-plan]')
  let waiting
  const draw = () => {
    redraw_plan(root)
    // Those who hear the page are told once it has been quiet for a moment, not at every letter.
    clearTimeout(waiting)
    waiting = setTimeout(() => { if (status) status.textContent = drawn.querySelector('p')?.textContent ?? drawn.textContent }, 800)
  }
  for (const part of root.querySelectorAll('[data-script]')) part.hidden = part.dataset.script !== 'with'
  root.addEventListener('input', draw)
  redraw_plan(root)
}
