// The environment of a process of Node, with values as they are.
const { readFileSync } = require("node:fs");

/** The variables by name. Values that are not UTF-8 are bytes, where the system lets us see these. */
exports.environment = function environment() {
  const variables = { ...process.env };
  if (!Object.values(variables).some((value) => value.includes("\ufffd"))) return variables;
  try {
    const bytes = readFileSync("/proc/self/environ");
    for (let at = 0, stop; (stop = bytes.indexOf(0, at)) >= 0; at = stop + 1) {
      const equals = bytes.indexOf(61, at);
      if (equals < at || equals > stop) continue;
      const name = bytes.subarray(at, equals).toString();
      const value = bytes.subarray(equals + 1, stop);
      if (!value.equals(Buffer.from(value.toString()))) variables[name] = value;
    }
  } catch {
    // Then they stay as Node has them.
  }
  return variables;
};
