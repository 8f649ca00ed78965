import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Outcome } from '../../src/core/protocol.ts'
import { connect } from '../../src/runtime/client.ts'
import { RunUnheard } from '../../src/runtime/hearing/run-unheard.ts'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { uiMessageChunks } from '../../src/runtime/runs/ui-message-chunks.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { signalbox as command } from '../cli/captured.ts'
import { eventOf } from '../support/following.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { toldUnheard } from '../support/unheard.ts'

const HOW = ['cancelled', 'terminated'] as const

let stage: Stage
/** As the runs tell it themselves. */
let served: Record<string, Outcome>

beforeAll(async () => {
  stage = await stageScene()
  await Promise.all(HOW.map(begin))
  const { client } = stage.signalbox
  await stage.signalbox.run('cancelled').cancel()
  await client.workflow.getHandle('terminated').terminate()
  const bare = await connect({ temporal: localConnection(inject('temporalAddress')), store: false })
  served = Object.fromEntries(await Promise.all(HOW.map(async id => [id, await bare.run(id).outcome()])))
  await bare.close()
  for (const { shutdown } of stage.workers) shutdown()
  await Promise.all(stage.workers.map(worker => (worker as { done?: Promise<void> }).done))
})

afterAll(() => stage?.close())

/** A run that is at a tool when it is ended. */
async function begin(id: string): Promise<void> {
  const run = await stage.signalbox.start('clerk', { id, input: 'Try the slow tool.' })
  await eventOf(run.events(), 'tool-start')
}

async function lastChunk(run: RunHandle) {
  let last: unknown
  for await (const chunk of uiMessageChunks(run)) last = chunk
  return last
}

describe('a run that did not end by itself, and that no worker serves any more', () => {
  it.each(HOW)('has the outcome that it had while one did: %s', async id => {
    const outcome = await stage.signalbox.run(id).outcome()
    expect(outcome).toEqual(served[id])
    expect(outcome).toMatchObject({ calls: 1, toolCalls: 0, cost: { highPico: expect.not.stringMatching(/^0$/) } })
  })

  it.each(HOW)('is shown and followed to its end: %s', async id => {
    const { kind, message } = served[id]!
    expect((await inspectRun(stage.signalbox, id)).report).toMatchObject({ id })
    const end = kind === 'cancelled' ? kind : `${kind} · ${message}`
    expect((await command(['watch', id], { env: stage.commandEnv })).out).toContain(`run ${id}: ${end} · 1 call`)
    expect(await lastChunk(stage.signalbox.run(id))).toMatchObject({ type: kind === 'cancelled' ? 'abort' : 'error' })
  })

  it('says how it ended and what is not known, to a client with another store or none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-elsewhere-'))
    const temporal = localConnection(inject('temporalAddress'))
    for (const store of [false, { path: join(folder, 'store.db') }] as const) {
      const elsewhere = await connect({ temporal, store })
      const error = await toldUnheard(elsewhere.client, () => elsewhere.run('cancelled').outcome())
      expect(error).toBeInstanceOf(RunUnheard)
      expect((error as Error).message).toMatch(
        /^run cancelled has ended \(the run was cancelled\), but what it has spent is not known here: no worker has answered /,
      )
      await elsewhere.close()
    }
    await rm(folder, { recursive: true })
  })
})
