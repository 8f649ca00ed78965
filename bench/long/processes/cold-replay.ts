/**
 * A worker takes a run over of which it has seen nothing: replays its longest part, and reads the prompt of its last call. It
 * replays another part first, for a worker that takes over runs already; what is timed is this run's.
 */
import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import type { PromptView, TranscriptRef } from '../../../src/core/protocol.ts'
import { WORKFLOW_INTERCEPTORS_PATH, WORKFLOWS_PATH } from '../../../src/runtime/paths.ts'
import { openStore } from '../../../src/store/index.ts'
import { serveBench, settingsOf } from '../../processes/parent.ts'

export interface ColdSettings {
  /** A file with two histories as JSON: one to warm up with, and the one that is timed. */
  readonly historyPath: string
  readonly workflowId: string
  readonly storePath: string
  readonly transcript: TranscriptRef
  readonly view?: PromptView
}

const { historyPath, workflowId, storePath, transcript, view } = settingsOf<ColdSettings>()

Runtime.install({ logger: new DefaultLogger('ERROR') })
const workflowBundle = await bundleWorkflowCode({
  workflowsPath: WORKFLOWS_PATH,
  workflowInterceptorModules: [WORKFLOW_INTERCEPTORS_PATH],
  logger: new DefaultLogger('ERROR'),
})
const histories = JSON.parse(await readFile(historyPath, 'utf8')) as readonly string[]
const [first, second] = histories.map(history => ({ workflowId, history: JSON.parse(history) as unknown }))
const warm = new EventEmitter()
const warmed = once(warm, 'replayed')
let beforeReplay = 0
async function* replayed() {
  yield first!
  await warmed
  beforeReplay = performance.now()
  yield second!
}
for await (const { error } of Worker.runReplayHistories({ workflowBundle }, replayed())) {
  if (error) throw error
  warm.emit('replayed')
}
const replayMs = performance.now() - beforeReplay
const beforeRead = performance.now()
const store = await openStore({ path: storePath })
const messages = await store.transcripts.read(transcript, view)
const readMs = performance.now() - beforeRead
await store.close()

serveBench({ replayMs, readMs, messages: messages.length }, async () => {})
