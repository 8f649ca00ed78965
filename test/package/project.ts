/**
 * What an application is made of into which the packed package is installed.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the package and packs it into this folder. */
export async function packInto(folder: string, env: NodeJS.ProcessEnv): Promise<Packed> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    env,
  })
  return packedFrom(stdout)
}

/** What npm says of a package that it has packed. */
export interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** npm prints what its scripts say before its own JSON, and npm 11 an array. */
function packedFrom(stdout: string): Packed {
  const [first] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as [Packed]
  return first
}

/** A project as strict as they come. */
export const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    types: ['node'],
    // Declarations are checked too, ours and those of all that they import; Temporal's want @types/ms for that.
    skipLibCheck: false,
  },
}

/** A vendor for the README’s agent. */
export const ACME = {
  name: 'acme',
  protocol: 'openai-compatible' as const,
  models: {
    large: { contextWindow: 200_000, maxOutput: 8192, price: { input: 3, cachedInput: 0.3, output: 15 } },
  },
  behaviours: [
    {
      match: 'more passengers',
      turns: [
        {
          tools: [
            { name: 'look_up', arguments: { station: 'York' } },
            { name: 'look_up', arguments: { station: 'Crewe' } },
          ],
        },
        { text: 'Crewe.' },
      ],
    },
  ],
}
