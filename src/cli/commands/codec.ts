import { type Command, Option } from 'commander'
import { name, port } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { renderPairs } from '../print/table.ts'
import type { Terminal } from '../terminal.ts'

interface CodecFlags {
  readonly port: number
  readonly host?: string
  readonly origin: readonly string[]
  readonly json?: boolean
}

/** The UI of `signalbox dev`: a browser tells pages apart by the name under which it was asked for them. */
const UI = ['http://127.0.0.1:8233', 'http://localhost:8233']

const DEFAULT_PORT = 8_081

export function addCodec(program: Command, terminal: Terminal): void {
  program
    .command('codec')
    .description(
      'serve a codec endpoint until Ctrl-C, through which the Temporal UI and CLI read and write sealed payloads',
    )
    .option('--port <port>', 'the port that it listens on', port, DEFAULT_PORT)
    .option('--host <address>', 'the address that it listens on (default: 127.0.0.1)', name)
    .addOption(
      new Option('--origin <address...>', 'the pages that may ask it').default(UI, 'those of `signalbox dev`: its UI'),
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nThey must present the token of SIGNALBOX_CODEC_TOKEN; without that variable, one\nis made and printed.',
    )
    .action((flags: CodecFlags) => serve(flags, terminal))
}

async function serve({ origin, json, ...flags }: CodecFlags, terminal: Terminal): Promise<void> {
  const { startCodecEndpoint } = await import('../../runtime/seals/codec-endpoint.ts')
  const endpoint = await startCodecEndpoint({ ...flags, origins: origin, env: terminal.env })
  const interrupted = terminal.interrupted()
  const { url, madeToken } = endpoint
  if (json) printJson(terminal, { url, origins: origin, ...(madeToken !== undefined && { token: madeToken }) })
  else terminal.print(describe(url, origin, madeToken))
  await interrupted
  await endpoint.close()
}

function describe(url: string, origins: readonly string[], token: string | undefined): string {
  return [
    renderPairs([
      ['codec', url],
      ['token', token ?? 'that of SIGNALBOX_CODEC_TOKEN'],
      ['pages', origins.join(', ')],
    ]),
    '',
    `In the Temporal UI, behind the glasses at its top: ${url}/token/${token ?? '<token>'}`,
    `temporal workflow show -w <run> --codec-endpoint ${url} --codec-auth "Bearer ${token ?? '<token>'}"`,
    `To write to a sealed run, use the endpoint ${url}/runs/<run>. Ctrl-C ends it.`,
  ].join('\n')
}
