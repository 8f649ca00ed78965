/** The command beside a team's own Worker and Client, which encrypt what Temporal keeps. */
import { createServer } from 'node:http'
import proto from '@temporalio/proto'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createClosers } from '../../src/runtime/closers.ts'
import { createPlugin } from '../../src/runtime/plugin.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { startTheirEndpoint, THEIR_CODEC } from '../support/their-codec.ts'
import { signalbox } from './captured.ts'

const { History } = proto.temporal.api.history.v1

const address = inject('temporalAddress')
const taskQueue = 'their-codec'
const INPUT = 'What is the sum?'

const closers = createClosers()
let stage: Stage
let without: NodeJS.ProcessEnv
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await stageScene({ workers: 0 })
  closers.add(() => stage.close())
  const connection = await NativeConnection.connect({ address })
  closers.add(() => connection.close())
  const config = soundConfiguration(YAML, stage.env)
  const plugin = await createPlugin({ config, store: stage.store, ...APP })
  closers.add(() => plugin.close())
  const dataConverter = { payloadCodecs: [THEIR_CODEC] }
  const worker = await Worker.create({ connection, taskQueue, dataConverter, plugins: [plugin], ...sharedBundle() })
  const serving = worker.run()
  closers.add(() => serving)
  closers.add(() => worker.shutdown())
  const { endpoint, close } = await startTheirEndpoint('default', 'theirs')
  closers.add(close)
  without = { TEMPORAL_ADDRESS: address, DATABASE_URL: `sqlite:${stage.storePath}` }
  env = { ...without, TEMPORAL_CODEC_ENDPOINT: endpoint, TEMPORAL_CODEC_AUTH: 'theirs' }
})

afterAll(() => closers.close())

const start = (id: string, ...more: string[]) =>
  ['start', 'clerk', '--input', INPUT, '--task-queue', taskQueue, '--id', id, ...more] as const

it('reads and writes through the endpoint of TEMPORAL_CODEC_ENDPOINT', async () => {
  const { exitCode, out } = await signalbox(start('theirs-1', '--watch'), { env })
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringContaining('answered') })
  const history = await stage.signalbox.client.workflow.getHandle('theirs-1').fetchHistory()
  expect(Buffer.from(History.encode(history).finish()).toString('latin1')).not.toContain(INPUT)
  const shown = await signalbox(['show', 'theirs-1', '--json'], { env })
  expect(shown.json()).toMatchObject({ text: expect.any(String) })
})

it('says without it what it cannot read, and how it could, beside all that the store has', async () => {
  await signalbox(start('theirs-2', '--watch'), { env })
  const shown = await signalbox(['show', 'theirs-2'], { env: without })
  expect(shown.exitCode).toBe(3)
  expect(shown.out).toMatch(/answered[\s\S]*note: .*'binary\/theirs'.*TEMPORAL_CODEC_ENDPOINT/)
  const watched = await signalbox(['watch', 'theirs-2'], { env: without })
  expect(watched).toMatchObject({
    exitCode: 3,
    err: expect.stringMatching(/'binary\/theirs'.*TEMPORAL_CODEC_ENDPOINT/),
  })
})

it('sends nothing in the clear where the endpoint does not encode', async () => {
  const refused = { ...env, TEMPORAL_CODEC_AUTH: 'others' }
  const { exitCode, err } = await signalbox(start('theirs-3'), { env: refused })
  expect({ exitCode, err }).toEqual({
    exitCode: 3,
    err: expect.stringMatching(/TEMPORAL_CODEC_ENDPOINT.*403.*TEMPORAL_CODEC_AUTH/),
  })
  expect((await signalbox(['show', 'theirs-3'], { env })).exitCode).toBe(4)
  const told: string[] = []
  const elsewhere = createServer((request, response) => {
    told.push(`${request.method} ${request.url}`)
    response.writeHead(500).end()
  })
  closers.add(() => void elsewhere.close())
  const location = `http://${await onFreePort(elsewhere)}/theirs/encode`
  const moved = createServer((_, response) => response.writeHead(307, { location }).end())
  closers.add(() => void moved.close())
  const redirected = { ...env, TEMPORAL_CODEC_ENDPOINT: `http://${await onFreePort(moved)}` }
  expect(await signalbox(start('theirs-3'), { env: redirected })).toMatchObject({
    exitCode: 3,
    err: expect.stringMatching(/TEMPORAL_CODEC_ENDPOINT.*307/),
  })
  expect(told).toEqual([])
  const cut = createServer((_, response) =>
    response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
  )
  closers.add(() => void cut.close())
  const address = await onFreePort(cut)
  const halfway = { ...env, TEMPORAL_CODEC_ENDPOINT: `http://${address}` }
  expect(await signalbox(start('theirs-3'), { env: halfway })).toMatchObject({
    exitCode: 3,
    err: expect.stringContaining('TEMPORAL_CODEC_ENDPOINT'),
  })
  const nobody = { ...env, TEMPORAL_CODEC_ENDPOINT: 'http://127.0.0.1:1' }
  expect((await signalbox(start('theirs-3'), { env: nobody })).err).toMatch(
    /TEMPORAL_CODEC_ENDPOINT.*cannot be reached/,
  )
})
