import { endpointOf, PROTOCOLS, settingsOf } from '../support/model-asks.ts'
import { replyText } from '../support/replies.ts'
import { breaking, holding, JSON_TYPE, type Reply, replying, startScriptedVendor } from '../support/scripted-vendor.ts'
import { describeModelPort, type Scenario, type Vendor } from './model-port.ts'

const RATE_LIMIT: Reply = replying('{}', { ...JSON_TYPE, 'retry-after': '2' }, 429)
const FAILURE: Reply = replying('{"error":{"message":"CANARY-PROMPT"}}', JSON_TYPE, 500)

function replyTo(protocol: string, scenario: Scenario): Reply {
  const text = replyText(protocol, 'text.sse')
  // Behind the first words of the answer, before its end.
  const half = Buffer.from(text.slice(0, text.indexOf(' aus Gen')))
  const begun = half.subarray(0, half.lastIndexOf('\n\n') + 2)
  const replies: Readonly<Record<Scenario, Reply>> = {
    text: replying(text),
    tools: replying(replyText(protocol, 'tools.sse')),
    'rate-limited': RATE_LIMIT,
    failing: FAILURE,
    'cut-off': breaking(begun),
    hanging: holding(begun),
  }
  return replies[scenario]
}

async function startVendor(protocol: string, name = protocol): Promise<Vendor> {
  const server = await startScriptedVendor()
  return {
    endpoint: endpointOf(name, name === protocol ? {} : { upstream: 'large-v2' }),
    settings: settingsOf(name, server.url, name === protocol ? {} : { package: name }),
    prepare: scenario => server.answer(replyTo(protocol, scenario)),
    requestIds: () => server.seen.map(request => String(request.headers['x-client-request-id'])),
    lastClosed: () => server.seen.at(-1)!.closed,
    stop: () => server.stop(),
  }
}

for (const protocol of PROTOCOLS) {
  describeModelPort({ name: `${protocol}, scripted`, start: () => startVendor(protocol) })
}

// Packages whose shapes the other peer does not send as they are documented: it leaves out what these demand, or counts nothing.
for (const name of ['cohere', 'groq', 'mistral', 'xai']) {
  describeModelPort({ name: `@ai-sdk/${name}, scripted`, start: () => startVendor(name, `@ai-sdk/${name}`) })
}
