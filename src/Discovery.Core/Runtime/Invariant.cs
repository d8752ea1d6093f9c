using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Discovery;

/// <summary>Assertions that stay on in Release: a broken one faults the node, never the host.</summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantViolationException"/> unless <paramref name="condition"/> holds.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="message">What is wrong when it is not.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static void Check(
        [DoesNotReturnIf(false)] bool condition, string message, [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            Fail(message, expression);
        }
    }

    /// <summary>Throws <see cref="InvariantViolationException"/> unless <paramref name="condition"/> holds.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="message">What is wrong when it is not; written only then.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static void Check(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref InvariantMessage message,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            Fail(message.Text(), expression);
        }
    }

    [DoesNotReturn]
    private static void Fail(string message, string? expression) => throw new InvariantViolationException($"{message} ({expression})");
}
