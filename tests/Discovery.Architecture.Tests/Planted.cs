#pragma warning disable CS0067, CS0649 // Shapes to be dumped, never run.
namespace Discovery.Architecture;

/// <summary>Public shapes of every kind, for the test of the dump itself.</summary>
public static class Planted
{
    public delegate string? Asks(in int number, ref string? text);

    public enum Kind : byte
    {
        One = 1,
        Two = 2,
    }

    public readonly struct Point
    {
        public const int Zero = 0;
        public readonly int X;
        internal readonly int Hidden;
    }

    public class Base
    {
        protected virtual int Turn(int[]? numbers) => 0;

        private protected void Hidden()
        {
        }
    }

    public sealed class User : Base, IDisposable
    {
        public event Action? Changed;

        public required string Name { get; set; }

        public string this[int index] => "";

        public void Dispose()
        {
        }

        protected override int Turn(int[]? numbers) => 1;
    }

    public sealed record Pair(int Left, Dictionary<string, string?>? Right = null);
}
