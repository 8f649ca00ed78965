/**
 * Performs the demo: starts the writing desk and the researcher, follows both, and gives the word that one of them asks for.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { researchBrief, writingDeskBrief } from '../../../demo/brief.ts'
import type { RunEvent } from '../../core/events.ts'
import type { Brief, Outcome } from '../../core/protocol.ts'
import type { Closers } from '../closers.ts'
import { readManuscript } from './demo-folder.ts'
import type { DemoStage } from './start-stage.ts'

/** What a person sees of the demo while it runs. */
export interface DemoWatcher {
  /** A run was started; its page in the Temporal UI is there from now on. */
  started(run: { readonly id: string; readonly workflow: string; readonly url: string }): void
  saw(runId: string, event: RunEvent): void
}

/** One run with its end. */
export interface PerformedRun {
  readonly id: string
  readonly workflow: string
  readonly url: string
  readonly outcome: Outcome
}

/** Runs both at once; resolves when both have ended, however they ended. */
export async function perform(stage: DemoStage, closers: Closers, watcher: DemoWatcher): Promise<PerformedRun[]> {
  const briefs = [
    ['writingDesk', writingDeskBrief(await readManuscript())],
    ['researcher', researchBrief()],
  ] as const
  const performance = { stage, closers, watcher }
  return Promise.all(briefs.map(([workflow, brief]) => performRun(performance, workflow, brief)))
}

interface Performance {
  readonly stage: DemoStage
  readonly closers: Closers
  readonly watcher: DemoWatcher
}

async function performRun(
  { stage: { signalbox, server }, closers, watcher }: Performance,
  workflow: string,
  brief: Brief<unknown>,
): Promise<PerformedRun> {
  const run = await signalbox.start(workflow, { input: brief.input, ...brief.terms })
  let ended = false
  // A server of ours takes its runs with it; on another one an unfinished run would wait for its worker for ever.
  if (!server.own) closers.add(() => (ended ? undefined : terminate(signalbox.client, run.id)))
  const url = (await run.url())!
  watcher.started({ id: run.id, workflow, url })
  for await (const event of run.events()) {
    watcher.saw(run.id, event)
    if (event.kind === 'approval-ask') await run.approve(event.toolCallId, { by: 'the demo' })
  }
  const outcome = await run.outcome()
  ended = true
  return { id: run.id, workflow, url, outcome }
}

async function terminate(client: Client, id: string): Promise<void> {
  try {
    await client.workflow.getHandle(id).terminate('the demo was ended')
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}
