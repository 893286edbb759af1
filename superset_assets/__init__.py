"""The visualization centre as code: specs, compiler, deployment, run-time configuration."""
