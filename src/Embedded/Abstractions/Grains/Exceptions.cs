namespace Orleans.Runtime;

/// <summary>Base of the errors that the engine itself raises.</summary>
[GenerateSerializer]
public class OrleansException : Exception
{
    /// <summary>Without details.</summary>
    public OrleansException() : base("Unexpected error.") { }

    /// <summary>With a message.</summary>
    public OrleansException(string message) : base(message) { }

    /// <summary>With a message and its cause.</summary>
    public OrleansException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A call was refused before it ran; it may be tried again.</summary>
[GenerateSerializer]
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message) : base(message) { }

    internal OrleansMessageRejectionException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The engine is stopping or has stopped.</summary>
[GenerateSerializer]
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    /// <summary>Without details.</summary>
    public SiloUnavailableException() : base("Silo unavailable") { }

    /// <summary>With a message.</summary>
    public SiloUnavailableException(string msg) : base(msg) { }

    /// <summary>With a message and its cause.</summary>
    public SiloUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The observer called is gone: deleted, collected, or of another process.</summary>
[GenerateSerializer]
public sealed class ClientNotAvailableException : OrleansException
{
    internal ClientNotAvailableException(string message) : base(message) { }
}
