/**
 * A measured process's side of the wire to the bench.
 *
 * @module
 */

/** What a process says to the bench: once that it serves, then what it has used whenever that is asked. */
export type Said =
  | { readonly kind: 'ready'; readonly ready: unknown }
  /** Of all threads since the process began, user and system, in milliseconds. */
  | { readonly kind: 'cpu'; readonly cpuMs: number }
  | { readonly kind: 'measured'; readonly measured: unknown }

/** What the bench asks of a process. */
export type Asked = 'cpu' | 'measured' | 'stop'

/** What the bench started this process with. */
export function settingsOf<Settings>(): Settings {
  return JSON.parse(process.argv[2] ?? '{}') as Settings
}

/** Tells the bench that this process serves, answers its questions, and stops when told to or when the bench is gone. */
export function serveBench(ready: unknown, stop: () => Promise<void>, measured: () => unknown = () => undefined): void {
  const say = (said: Said) => process.send?.(said)
  let stopping = false
  const end = () => {
    if (stopping) return
    stopping = true
    void stop().finally(() => process.exit())
  }
  process.on('message', (asked: Asked) => {
    if (asked === 'stop') end()
    else if (asked === 'measured') say({ kind: 'measured', measured: measured() })
    else say({ kind: 'cpu', cpuMs: cpuMs() })
  })
  process.once('disconnect', end)
  // Ctrl-C reaches the whole group; the bench ends us in its order.
  process.on('SIGINT', () => undefined)
  say({ kind: 'ready', ready })
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
