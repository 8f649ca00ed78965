/**
 * Looks for the words of sealed runs where they must not lie in clear: in every byte of our database, of Temporal's and of the logs.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Leak, readAll } from './evidence.ts'
import type { CampaignPlan, RunPlan } from './plan/plan.ts'
import type { Stage } from './stage/stage.ts'

/** The databases with their write-ahead files and what workers and server log; what vendors and tools write down is theirs. */
const OURS = /^(temporal\.db|store\.db|worker-\d+\.log|server\.log)/

export async function leaksOf({ folder, storeSettings }: Stage, { runs }: CampaignPlan): Promise<readonly Leak[]> {
  const sealed = runs.filter(({ kind }) => kind === 'sealed')
  const files = readdirSync(folder).filter(name => OURS.test(name))
  const texts: (readonly [string, string])[] = files.map(name => [name, readFileSync(join(folder, name), 'latin1')])
  if (storeSettings.url !== undefined) texts.push(['the store', JSON.stringify(await readAll(storeSettings.url))])
  return sealed.flatMap(run =>
    texts
      .filter(([, text]) => wordsOf(run).some(words => text.includes(words)))
      .map(([place]) => ({ run: run.id, place })),
  )
}

/** What is said in a run, to its tools and by them; its id, which everybody may read, has none of it. */
function wordsOf({ conversations }: RunPlan): readonly string[] {
  return conversations.flatMap(({ tag }) => [`This is ${tag}.`, ` of ${tag} `])
}
