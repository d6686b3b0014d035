"""Many phones, a hostile network and a server that dies: at the end everything must be right."""
