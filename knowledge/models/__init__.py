"""Chat models behind one Protocol: Ollama, an OpenAI-compatible server, an embedded GGUF file, and a scripted one."""
