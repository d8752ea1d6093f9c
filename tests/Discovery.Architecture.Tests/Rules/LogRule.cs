using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Discovery.Architecture.Rules;

/// <summary>All log lines are [LoggerMessage] methods in Log.cs, with event ids of their package's range, each used once.</summary>
internal static class LogRule
{
    private static readonly string[] s_direct =
        ["Log", "LogTrace", "LogDebug", "LogInformation", "LogWarning", "LogError", "LogCritical"];

    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files)
    {
        Dictionary<int, string> seen = [];
        foreach (SourceFile file in files.Where(file => file.IsCSharp && file.IsUnder("src")))
        {
            foreach (InvocationExpressionSyntax call in file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (call.Expression is MemberAccessExpressionSyntax access &&
                    s_direct.Contains(access.Name.Identifier.Text, StringComparer.Ordinal) &&
                    access.Expression.ToString().Contains("logger", StringComparison.OrdinalIgnoreCase))
                {
                    yield return file.At(call, $"{access.Name.Identifier.Text} is called directly");
                }
            }

            foreach (AttributeSyntax attribute in file.Syntax.DescendantNodes().OfType<AttributeSyntax>().Where(IsLoggerMessage))
            {
                if (file.Name != "Log.cs")
                {
                    yield return file.At(attribute, "[LoggerMessage] outside Log.cs");
                }

                if (EventId(attribute) is not { } id)
                {
                    yield return file.At(attribute, "the event id is no plain number");
                    continue;
                }

                int first = Package.Of(file)?.FirstEventId ?? -1;
                if (first < 0 || id < first || id >= first + Package.EventIdsPerPackage)
                {
                    yield return file.At(attribute, $"event id {id} is not in the package's range");
                }

                if (!seen.TryAdd(id, file.Path))
                {
                    yield return file.At(attribute, $"event id {id} is used in {seen[id]} too");
                }
            }
        }
    }

    private static bool IsLoggerMessage(AttributeSyntax attribute) =>
        attribute.Name.ToString().Split('.')[^1] is "LoggerMessage" or "LoggerMessageAttribute";

    private static int? EventId(AttributeSyntax attribute)
    {
        SeparatedArguments arguments = new(attribute);
        string? text = arguments.Named("EventId") ?? arguments.Named("eventId") ?? arguments.First;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
    }

    private readonly struct SeparatedArguments(AttributeSyntax attribute)
    {
        private readonly AttributeArgumentSyntax[] _all = [.. attribute.ArgumentList?.Arguments ?? default];

        public string? First => _all is [{ NameEquals: null, NameColon: null } first, ..] ? first.Expression.ToString() : null;

        public string? Named(string name) => _all.FirstOrDefault(
            argument => (argument.NameEquals?.Name ?? argument.NameColon?.Name)?.Identifier.Text == name)?.Expression.ToString();
    }
}
