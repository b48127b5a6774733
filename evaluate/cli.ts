/** `npm run evaluate` */
import { main, runProgram } from '../core/cli/program.ts';
import { program } from './program.ts';

await main((args) => runProgram(program, args));
