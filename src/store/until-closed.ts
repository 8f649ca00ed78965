import type { Connection } from './connection.ts'
import { StoreProblem } from './store-problem.ts'

/**
 * A connection that is closed once what it was asked has its answer, and refuses what it is asked from then on: readers that go on
 * look again and again.
 *
 * @param name - The database, for people.
 */
export function untilClosed(connection: Connection, name: string): Connection {
  let isClosed = false
  let underWay = 0
  let settle = () => {}
  const asking = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    if (isClosed) throw closedProblem(name)
    underWay += 1
    try {
      return await ask()
    } finally {
      underWay -= 1
      if (underWay === 0) settle()
    }
  }
  const close = async () => {
    isClosed = true
    if (underWay > 0) await new Promise<void>(resolve => (settle = resolve))
    await connection.close()
  }
  let closing: Promise<void> | undefined
  return {
    write: work => asking(() => connection.write(work)),
    read: work => asking(() => connection.read(work)),
    erase: work => asking(() => connection.erase(work)),
    isHalfFree: () => asking(() => connection.isHalfFree()),
    scrub: () => asking(() => connection.scrub()),
    clockAheadMs: () => asking(() => connection.clockAheadMs()),
    leavesInLog: () => connection.leavesInLog(),
    abandon: () => connection.abandon(),
    close: () => (closing ??= close()),
  }
}

export function closedProblem(name: string): StoreProblem {
  return new StoreProblem(
    'closed',
    `The ${name} is closed: this process has called \`close()\` of its client, worker or store, so nothing more is read or written. ` +
      'End what uses it before that, or open it again.',
  )
}
