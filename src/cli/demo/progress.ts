/**
 * Shows what happens while the demo runs.
 *
 * @module
 */
import type { DemoWatcher } from '../../runtime/demo/perform.ts'
import { plainLine } from './plain-lines.ts'

export interface Progress {
  report(line: string): void
  readonly watcher: DemoWatcher
  stop(): void
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  const names = new Map<string, string>()
  const report = (line: string) => void stream.write(`${line}\n`)
  return {
    report,
    watcher: {
      started({ id, workflow, url }) {
        names.set(id, workflow)
        report(`${workflow} · ${id} · ${url}`)
      },
      saw(runId, event) {
        const line = plainLine(event)
        if (line !== undefined) report(`${names.get(runId) ?? runId} · ${line}`)
      },
    },
    stop() {},
  }
}
