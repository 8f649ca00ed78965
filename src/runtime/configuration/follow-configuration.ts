/**
 * Reads the configuration anew whenever its file or a secret's file that it names changes, and says what came of it.
 *
 * @module
 */
import { Runtime } from '@temporalio/worker'
import { secretFilesIn } from '../../catalog/index.ts'
import type { Reloaded } from './reload.ts'
import { watchFile } from './watch-file.ts'

export interface Following {
  /** Reads it anew now, and tells also that nothing has changed. */
  readNow(): void
  /** Resolves when nothing is read any more. */
  end(): Promise<void>
}

export interface FollowOptions {
  readonly path: string
  readonly reload: () => Promise<Reloaded>
  /** @defaultValue into the worker's log */
  readonly report?: (reloaded: Reloaded) => void
  /** How soon a reload that the store has put off is tried again. @defaultValue 10000 */
  readonly againAfterMs?: number
  /** How often the files are looked at. @defaultValue 1000 */
  readonly lookEveryMs?: number
}

export function followConfiguration({
  path,
  reload,
  report = log,
  againAfterMs = 10_000,
  lookEveryMs,
}: FollowOptions): Following {
  let last: Reloaded | undefined
  let again: NodeJS.Timeout | undefined
  let hasEnded = false
  const readOnce = async (isNews: (reloaded: Reloaded) => boolean) => {
    const reloaded = await reload()
    clearTimeout(again)
    if (reloaded.kind === 'put-off' && !hasEnded) again = setTimeout(() => read(isOther), againAfterMs).unref()
    if (isNews(reloaded)) report(reloaded)
    last = reloaded
  }
  let reading = Promise.resolve()
  const read = (isNews: (reloaded: Reloaded) => boolean) => {
    const before = reading
    reading = readOnce(isNews).then(() => before)
  }
  const isOther = ({ words }: Reloaded) => words !== last?.words
  // Whoever has mended a file that was wrong wants to hear that it is right.
  const isChange = ({ kind }: Reloaded) => kind !== 'same' || (last !== undefined && DOES_NOT_HOLD.has(last.kind))
  const look = () => read(isChange)
  const unwatch = watchFile({ path, others: () => secretFilesIn(path), everyMs: lookEveryMs }, look)
  // It may have changed since it was read: connecting takes its time.
  look()
  return {
    readNow: () => read(() => true),
    async end() {
      hasEnded = true
      unwatch()
      clearTimeout(again)
      await reading
    },
  }
}

function log({ kind, words }: Reloaded): void {
  Runtime.instance().logger[DOES_NOT_HOLD.has(kind) ? 'warn' : 'info'](words)
}

const DOES_NOT_HOLD: ReadonlySet<Reloaded['kind']> = new Set(['refused', 'put-off'])
