using System.Globalization;

namespace QuickStart;

/// <summary>The command line: <c>--seconds N</c> ends the sample by itself.</summary>
internal sealed record SampleArguments(TimeSpan? RunFor)
{
    public static bool TryParse(string[] args, out SampleArguments arguments, out string problem)
    {
        arguments = new SampleArguments((TimeSpan?)null);
        problem = "";
        if (args.Length == 0)
        {
            return true;
        }

        if (args is ["--seconds", var text] && double.TryParse(text, CultureInfo.InvariantCulture, out double seconds) && seconds > 0)
        {
            arguments = new SampleArguments(TimeSpan.FromSeconds(seconds));
            return true;
        }

        problem = "usage: QuickStart [--seconds N]";
        return false;
    }
}
