import { createServer, type Server } from 'node:http'
import { NativeConnection, type Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { connect } from '../../src/runtime/client.ts'
import { createServedQueue } from '../../src/runtime/notices/served-queue.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'

const temporal = localConnection(inject('temporalAddress'))
/** What came, as `path run outcome`. */
const heard: string[] = []

let stage: Stage
let server: Server
let url: string

beforeAll(async () => {
  stage = await stageScene({ workers: 0 })
  server = createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { run, outcome } = JSON.parse(body)
    heard.push(`${request.url} ${run} ${outcome}`)
    reply.end()
  })
  url = `http://${await onFreePort(server)}`
})

afterAll(async () => {
  server?.close()
  await stage?.close()
})

it('goes where the workers of the queue of the run send it, of several that share a store and a name', async () => {
  const [ours, theirs] = await Promise.all([serve('ours'), serve('theirs')])
  const ends = await Promise.all([
    ours.end('answered'),
    theirs.end('answered'),
    ours.end('terminated'),
    theirs.end('terminated'),
  ])
  await expect.poll(() => heard.toSorted(), { timeout: 10_000 }).toEqual(ends.toSorted())
  await Promise.all([ours.close(), theirs.close()])
  expect(heard).toHaveLength(ends.length)
})

it('belongs to no queue as long as the server has not named the namespace, also where the worker has closed its connection', async () => {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') })
  const options = { taskQueue: 'notices-closed', namespace: 'default', connection } as Worker['options']
  const told = createServedQueue({ options, connection })
  const untold = createServedQueue({ options, connection })
  expect(await told()).toMatch(/^\S+ notices-closed$/)
  await connection.close()
  expect(await told()).toMatch(/^\S+ notices-closed$/)
  expect(await untold()).toBeUndefined()
})

/** A worker on a queue of its own, in the store that all share. */
async function serve(path: string) {
  const taskQueue = `${stage.taskQueue}-${path}`
  const { run, shutdown } = await createWorker({
    config: soundConfiguration(`${YAML}\nnotices: { crm: { webhook: "${url}/${path}" } }`, stage.env),
    store: { path: stage.storePath },
    temporal,
    taskQueue,
    ...APP,
    worker: { ...FRUGAL, ...sharedBundle() },
  })
  const running = run()
  const signalbox = await connect({ temporal, store: stage.store, taskQueue })
  return {
    async end(how: 'answered' | 'terminated') {
      const begun = await signalbox.start('clerk', {
        input: how === 'answered' ? 'What is the sum?' : 'Please publish this.',
      })
      if (how === 'answered') await begun.outcome()
      else {
        await expect.poll(() => begun.pending(), { timeout: 20_000 }).toHaveLength(1)
        await begun.terminate()
      }
      return `/${path} ${begun.id} ${how === 'answered' ? 'answered' : 'failed'}`
    },
    async close() {
      await signalbox.close()
      shutdown()
      await running
    },
  }
}
