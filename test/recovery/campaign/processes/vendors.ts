/** The vendors and their meter, in a process that is never killed: what they billed is true whatever else is lost. */
import { readFileSync } from 'node:fs'
import { startVendors } from '../../../../src/providers/simulated/index.ts'
import { vendorUrls } from '../../../support/vendor-urls.ts'
import type { CampaignPlan } from '../plan/plan.ts'
import { vendorsOf } from '../scene.ts'
import { settingsOf, type VendorsAsked, type VendorsSaid } from './words.ts'

const { planPath } = settingsOf<{ planPath: string }>()
const plan = JSON.parse(readFileSync(planPath, 'utf8')) as CampaignPlan
const running = await startVendors(vendorsOf(plan))
const say = (said: VendorsSaid) => process.send?.(said)

async function answer(asked: VendorsAsked): Promise<void> {
  switch (asked.kind) {
    case 'meter':
      return void say({ kind: 'meter', rows: running.meter() })
    case 'faults':
      // Beside those that the plan has for it.
      await running.setFaults(asked.vendor, [...asked.rules, ...(plan.faults[asked.vendor] ?? [])])
      return void say({ kind: 'faults-set' })
    case 'stop':
      await running.close()
      process.exit()
  }
}

process.on('message', (asked: VendorsAsked) => void answer(asked))
process.once('disconnect', () => process.exit())
say({ kind: 'ready', env: vendorUrls(running) })
