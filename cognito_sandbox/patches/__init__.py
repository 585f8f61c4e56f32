"""The only part of the sandbox that knows moto: what it takes from moto's internals lies here."""
