/**
 * The vendors' process, as the campaign sees it.
 *
 * @module
 */
import { once } from 'node:events'
import type { MeterRow } from '../../../../src/providers/simulated/index.ts'
import type { VendorsAsked, VendorsSaid } from '../processes/words.ts'
import { heard, startProcess } from './child.ts'

export interface VendorsProcess {
  readonly env: Readonly<Record<string, string>>
  meter(): Promise<readonly MeterRow[]>
  /** The vendor refuses connections for so long. */
  takeDown(vendor: string, ms: number): Promise<void>
  stop(): Promise<void>
}

export async function startVendorsProcess(planPath: string, logPath: string): Promise<VendorsProcess> {
  const child = startProcess('vendors.ts', { planPath }, logPath)
  const { env } = await heard<VendorsSaid, 'ready'>(child, 'ready')
  const ask = <Kind extends VendorsSaid['kind']>(asked: VendorsAsked, kind: Kind) => {
    const answer = heard<VendorsSaid, Kind>(child, kind)
    child.send(asked)
    return answer
  }
  return {
    env,
    meter: async () => (await ask({ kind: 'meter' }, 'meter')).rows,
    async takeDown(vendor, ms) {
      await ask({ kind: 'faults', vendor, rules: [{ kind: 'down', fromMs: 0, untilMs: ms }] }, 'faults-set')
    },
    async stop() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.send({ kind: 'stop' } satisfies VendorsAsked)
      await ended
    },
  }
}
