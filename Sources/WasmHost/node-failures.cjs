// How the hosts for Node end where a module does not run.

/** Ends the process with a message. */
function endWith(message) {
  console.error(`error: ${message}`);
  process.exit(2);
}

/** Ends the process for what went wrong: with where, if it went wrong in the program. */
function explain(failure) {
  if (failure instanceof WebAssembly.RuntimeError) endWith(`the module failed: ${failure.stack}`);
  endWith(`can't run the module: ${failure?.message ?? failure}`);
}

Object.assign(exports, { endWith, explain });
