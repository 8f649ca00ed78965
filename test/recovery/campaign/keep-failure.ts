/**
 * Keeps what is needed to understand a campaign that failed, beside its databases and logs.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { Evidence } from './evidence.ts'
import type { Judgement } from './judge/judge.ts'
import type { Stage } from './stage/stage.ts'

/** Histories of runs beyond these would say the same. */
const MOST_HISTORIES = 20

export async function keepFailure(stage: Stage, evidence: Evidence, { problems }: Judgement): Promise<void> {
  const write = (name: string, value: unknown) =>
    writeFileSync(join(stage.folder, name), JSON.stringify(value, null, 2))
  write('problems.json', problems)
  write('ended.json', Object.fromEntries(evidence.ended))
  write('meter.json', evidence.meter)
  write('rows.json', evidence.rows)
  const runs = [...new Set(problems.flatMap(({ run }) => run ?? []))].slice(0, MOST_HISTORIES)
  for (const run of runs) write(`history-${run.replaceAll('/', '_')}.json`, await historyOf(stage, run))
}

/** The last part's; `temporal.db` in the folder has them all. */
async function historyOf({ signalbox }: Stage, run: string): Promise<unknown> {
  try {
    return historyToJSON(await signalbox.client.workflow.getHandle(run).fetchHistory())
  } catch (error) {
    return { problem: String(error) }
  }
}
