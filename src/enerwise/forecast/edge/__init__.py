"""Fitted members as ONNX graphs: written where models are trained, served where no learning library is installed."""
