/** The port against the vendors that tests, benches and rehearsals have: they keep the contract that transcribed replies keep. */
import { expect } from 'vitest'
import { type FaultRuleInput, startVendors, type VendorProtocol } from '../../src/providers/simulated/index.ts'
import { endpointOf, PROTOCOLS, settingsOf, WEATHER } from '../support/model-asks.ts'
import { describeModelPort, type Scenario, type Vendor } from './model-port.ts'

const FAULTS: Readonly<Record<Scenario, readonly FaultRuleInput[]>> = {
  text: [],
  tools: [],
  'rate-limited': [{ kind: 'rate-limit', retryAfterMs: 2_000 }],
  failing: [{ kind: 'server-error' }],
  'cut-off': [{ kind: 'cut', afterTokens: 10 }],
  hanging: [{ kind: 'stall', afterTokens: 10 }],
}

/** Where tools are offered, one is called; other asks get prose. */
const CALLS_A_TOOL = { match: '.', turns: [{ tools: [{ name: WEATHER.name, arguments: { city: 'Genève' } }] }] }

async function startVendor(protocol: VendorProtocol): Promise<Vendor> {
  const model = { contextWindow: 200_000, maxOutput: 8_192, price: { input: 1, output: 1 } }
  const endpoint = endpointOf(protocol)
  const running = await startVendors({
    vendors: [{ name: protocol, protocol, behaviours: [CALLS_A_TOOL], models: { [endpoint.upstream]: model } }],
  })
  return {
    endpoint,
    settings: settingsOf(protocol, new URL(running.vendors[0]!.baseUrl).origin),
    prepare: scenario => running.setFaults(protocol, FAULTS[scenario]),
    requestIds: () => running.meter().map(({ clientRequestId }) => clientRequestId),
    lastClosed: async () => expect.poll(() => running.meter().at(-1)).toMatchObject({ outcome: 'aborted' }),
    stop: () => running.close(),
  }
}

for (const protocol of PROTOCOLS) {
  describeModelPort({ name: `${protocol}, simulated`, start: () => startVendor(protocol as VendorProtocol) })
}
