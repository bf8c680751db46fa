import { render } from "preact";
import { useState } from "preact/hooks";
import { greeting } from "./greeting";

function Page() {
  const [count, setCount] = useState(0);
  return (
    <button onClick={() => setCount(count + 1)}>
      {greeting} {count}
    </button>
  );
}

render(<Page />, document.body);
