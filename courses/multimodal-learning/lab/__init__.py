"""The lab of the course: a procedural world of captioned pictures, and small models that were trained on it.

Plain modules that a lesson's cell imports (`from lab import scenes`). They know NumPy, PyTorch, open_clip and
safetensors; they read nothing but the weights beside them, and download nothing.
"""
