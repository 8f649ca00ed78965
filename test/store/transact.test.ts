import { setImmediate } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import { expect, it } from 'vitest'
import { type Sender, transact } from '../../src/store/postgres/transact.ts'
import { all, type Statement, tell, together, type Work } from '../../src/store/work.ts'

/** A server that answers only when it is told to, in order, and its driver. */
function createServer(refused: readonly string[] = []) {
  const sent: string[] = []
  const waiting: { text: string; settle: (failed?: Error) => void }[] = []
  const ask = (text: string) => {
    if (refused.includes(text)) return Promise.reject(new Error(`the driver cannot send ${text}`))
    sent.push(text)
    return new Promise<unknown[]>((resolve, reject) => {
      waiting.push({ text, settle: failed => (failed ? reject(failed) : resolve([text])) })
    })
  }
  const sender: Sender = {
    send: (_client, { statement }) => ask(statement.name),
    isChange: ({ statement }) => statement.name.startsWith('change'),
  }
  return {
    sent,
    /** Lets everything that waits arrive; the statement that fails is answered with an error, and all behind it with another one. */
    async answer(failing?: string) {
      await setImmediate()
      let error: Error | undefined
      for (const { text, settle } of waiting.splice(0)) {
        if (text === failing) settle(new Error(`failed: ${text}`))
        else settle(text === 'rollback' ? undefined : error)
        if (text === failing) error = new Error('the transaction is aborted')
      }
      await setImmediate()
      await setImmediate()
    },
    run: <Result>(work: () => Work<Result>) => {
      const done = transact({ query: ask } as unknown as PoolClient, work, sender)
      done.catch(() => {})
      return done
    },
  }
}

const BEGIN = 'begin isolation level read committed'

function statement(name: string): Statement<object, unknown> {
  return Object.defineProperty(() => ({}) as never, 'name', { value: name })
}

const [read, readOther, change, changeMore] = ['read', 'readOther', 'change', 'changeMore'].map(statement) as [
  Statement<object, unknown>,
  Statement<object, unknown>,
  Statement<object, unknown>,
  Statement<object, unknown>,
]

function* readAndChange(): Work<unknown> {
  const found = yield* together(all(read, {}), all(readOther, {}))
  yield* tell(change, {})
  yield* tell(changeMore, {})
  return found
}

it('waits for the server as often as something is asked', async () => {
  const server = createServer()
  const done = server.run(readAndChange)
  expect(server.sent).toEqual([BEGIN, 'read', 'readOther'])
  await server.answer()
  expect(server.sent.slice(3)).toEqual(['change', 'changeMore', 'commit'])
  await server.answer()
  expect(await done).toEqual([['read'], ['readOther']])
})

it('changes nothing behind a begin that may fail', async () => {
  const server = createServer()
  const done = server.run(() => tell(change, {}))
  await server.answer(BEGIN)
  await server.answer()
  await expect(done).rejects.toThrow(`failed: ${BEGIN}`)
  expect(server.sent).toEqual([BEGIN, 'rollback'])
})

it('goes no further behind a begin that has failed, though what was asked with it has an answer', async () => {
  const server = createServer([BEGIN])
  const done = server.run(readAndChange)
  await server.answer()
  await server.answer()
  await expect(done).rejects.toThrow(`cannot send ${BEGIN}`)
  expect(server.sent).not.toContain('change')
})

it('commits nothing where the driver refuses a change', async () => {
  const server = createServer(['change'])
  const done = server.run(readAndChange)
  await server.answer()
  await server.answer()
  await expect(done).rejects.toThrow('the driver cannot send change')
  expect(server.sent.slice(3)).toEqual(['changeMore', 'rollback'])
})

it('fails with the change that failed first, behind which the server commits nothing', async () => {
  const server = createServer()
  const done = server.run(readAndChange)
  await server.answer()
  await server.answer('change')
  await server.answer()
  await expect(done).rejects.toThrow('failed: change')
})

it('fails with the question that failed first, though a change left with it', async () => {
  const server = createServer()
  const done = server.run(() => together(all(read, {}), tell(change, {})))
  await server.answer()
  await server.answer('read')
  await server.answer()
  await expect(done).rejects.toThrow('failed: read')
})
