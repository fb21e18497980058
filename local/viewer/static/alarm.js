// One alarm's page is a board of its graphs. The strip of states above is the server's: a new time loads the page anew.

import "./dashboard.js";

document.addEventListener("state", (event) => {
  if (Object.keys(event.detail).some((name) => name === "start" || name === "end")) location.reload();
});
