#!/usr/bin/env node
/**
 * The `signalbox` command.
 *
 * @module
 */
import { runCli } from './run-cli.ts'
import { processTerminal } from './terminal.ts'

process.exitCode = await runCli(process.argv.slice(2), processTerminal())
