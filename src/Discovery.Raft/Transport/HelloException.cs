namespace Discovery.Transport;

/// <summary>A connection was refused, by this side or the other.</summary>
internal sealed class HelloException(HelloRefusal refusal, string message) : IOException(message)
{
    public HelloRefusal Refusal => refusal;
}
