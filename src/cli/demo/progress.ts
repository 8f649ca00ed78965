/**
 * Shows what happens while the demo runs: plain lines, and below them on a terminal what is going on right now.
 *
 * @module
 */
import type { DemoWatcher } from '../../runtime/demo/perform.ts'
import { createFooter } from './footer.ts'
import { footerLines } from './footer-lines.ts'
import { plainLine } from './plain-lines.ts'
import { NOT_STARTED, type RunProgress, withEvent } from './run-progress.ts'

export interface Progress {
  /** A line that stays. */
  report(line: string): void
  readonly watcher: DemoWatcher
  /** Takes away what is redrawn; lines may still come. */
  stop(): void
}

export type ProgressStream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): unknown }

/** Ten times a second looks live, and is no load on a slow connection. */
const REDRAW_MS = 100

/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80

export function createProgress(stream: ProgressStream): Progress {
  const runs = new Map<string, { readonly name: string; progress: RunProgress }>()
  const footer = createFooter(text => void stream.write(text))
  const draw = () => footer.draw(linesOf([...runs.values()], stream.columns || USUAL_COLUMNS))
  const timer = stream.isTTY ? setInterval(draw, REDRAW_MS) : undefined
  timer?.unref()
  return {
    report: footer.print,
    watcher: {
      started({ id, workflow, url }) {
        runs.set(id, { name: workflow, progress: NOT_STARTED })
        footer.print(`${workflow} · ${id} · ${url}`)
      },
      saw(runId, event) {
        const run = runs.get(runId)
        if (run) run.progress = withEvent(run.progress, event)
        const line = plainLine(event)
        if (line !== undefined) footer.print(`${run?.name ?? runId} · ${line}`)
      },
    },
    stop() {
      clearInterval(timer)
      footer.draw([])
    },
  }
}

/** A terminal's last column wraps on some, so it is left empty. */
function linesOf(runs: readonly { readonly name: string; readonly progress: RunProgress }[], columns: number) {
  return runs.flatMap(({ name, progress }) => footerLines(name, progress, columns - 1))
}
