package io.millrace.broker.security;

/**
 * A JSON definition is not one: a field is missing, unknown, of another type or holds what cannot be. The message names
 * the field by its path ({@code user.statements[2].kind}) and never repeats a credential.
 */
public final class MalformedDefinitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedDefinitionException(String path, String reason) {
        super(path + ": " + reason);
    }
}
