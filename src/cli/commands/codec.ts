import type { Command } from 'commander'
import { port } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { renderPairs } from '../print/table.ts'
import type { Terminal } from '../terminal.ts'

interface CodecFlags {
  readonly port: number
  readonly host?: string
  readonly origin: readonly string[]
  readonly json?: boolean
}

/** The UI of `signalbox dev`. */
const UI = 'http://localhost:8233'

const DEFAULT_PORT = 8_081

export function addCodec(program: Command, terminal: Terminal): void {
  program
    .command('codec')
    .description(
      'serve a codec endpoint, by which the Temporal UI and CLI read and write sealed payloads, until Ctrl-C',
    )
    .option('--port <port>', 'where it listens', port, DEFAULT_PORT)
    .option('--host <address>', 'where it listens (default: 127.0.0.1)')
    .option('--origin <address...>', 'the pages that may ask it', [UI])
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nSIGNALBOX_CODEC_TOKEN is what they must present; without it a token is made and printed.')
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
    `temporal workflow show -w <run> --codec-endpoint ${url} --codec-auth "Bearer <token>"`,
    `To write to a sealed run, let the endpoint be ${url}/runs/<run>. Ctrl-C ends it.`,
  ].join('\n')
}
