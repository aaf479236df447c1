using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Bridge.Api.Tests.Privacy;

/// <summary>S28: every piece of every log line is classified, and what is personal stands where it may.</summary>
public sealed class LogClassificationTests
{
    private static readonly Type[] Numbers = [typeof(int), typeof(long), typeof(double), typeof(bool), typeof(TimeSpan)];

    [Test]
    public void Every_placeholder_is_classified()
    {
        var unclassified = from method in LogMethod.All
                           from placeholder in method.Placeholders
                           where !LogTable.Harmless.Contains(placeholder.Name) && !LogTable.Texts.ContainsKey($"{method.Name}.{placeholder.Name}")
                           select $"{method.Name}.{placeholder.Name}";
        Assert.That(LogMethod.All, Has.Count.GreaterThan(40), "methods that are seen at all");
        Assert.That(unclassified, Is.Empty, "say in LogTable what these may hold");
    }

    [Test]
    public void What_is_called_harmless_is_a_number_or_a_name_of_a_closed_list() =>
        Assert.That(
            from method in LogMethod.All
            from placeholder in method.Placeholders
            let type = Nullable.GetUnderlyingType(placeholder.Type) ?? placeholder.Type
            where LogTable.Harmless.Contains(placeholder.Name) && !type.IsEnum && !Numbers.Contains(type)
            select $"{method.Name}.{placeholder.Name} is a {type.Name}",
            Is.Empty);

    [Test]
    public void The_tables_say_nothing_of_what_is_not_there()
    {
        var placeholders = LogMethod.All.SelectMany(m => m.Placeholders.Select(p => (Method: m.Name, p.Name))).ToList();
        Assert.That(LogTable.Texts.Keys, Is.SubsetOf(placeholders.Select(p => $"{p.Method}.{p.Name}")));
        Assert.That(LogTable.Harmless, Is.SubsetOf(placeholders.Select(p => p.Name)));
        Assert.That(LogTable.Exceptions.Keys, Is.SubsetOf(LogMethod.All.Where(m => m.TakesException).Select(m => m.Name)));
    }

    [Test]
    public void What_is_personal_stands_in_methods_called_so_and_what_is_secret_nowhere()
    {
        foreach (var (name, text) in LogTable.Texts)
        {
            Assert.That(text.Class, Is.Not.EqualTo(DataClass.Secret), name);
            if (text.Class == DataClass.Personal)
                Assert.That(name.Split('.')[1], Does.EndWith("Sensitive"), name);
        }
    }

    [Test]
    public void A_method_called_sensitive_is_at_trace_and_holds_something_personal()
    {
        var sensitive = LogMethod.All.Where(m => m.IsSensitive).ToList();
        Assert.That(sensitive, Is.Not.Empty);
        Assert.That(sensitive.Where(m => m.Line.Level != LogLevel.Trace).Select(m => m.Name), Is.Empty);
        foreach (var method in sensitive)
            Assert.That(LogTable.Texts.Any(t => t.Key.StartsWith(method.Name + ".", StringComparison.Ordinal) && t.Value.Class == DataClass.Personal), method.Name);
    }

    [Test]
    public void Every_method_that_is_given_an_exception_says_what_its_messages_hold() =>
        Assert.That(LogMethod.All.Where(m => m.TakesException && !LogTable.Exceptions.ContainsKey(m.Name)).Select(m => m.Name), Is.Empty);

    [Test]
    public void Nothing_is_given_to_a_line_that_its_template_does_not_show() =>
        // It would be a property of the event all the same, for sinks that write them.
        Assert.That(
            from method in LogMethod.All
            from parameter in method.Method.GetParameters()
            where !typeof(Exception).IsAssignableFrom(parameter.ParameterType) && !typeof(ILogger).IsAssignableFrom(parameter.ParameterType)
            where !method.Placeholders.Any(p => p.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase))
            select $"{method.Name}({parameter.Name})",
            Is.Empty);

    [Test]
    public void Nothing_is_logged_in_another_way()
    {
        var used = LogMethod.Product.SelectMany(MembersUsedBy).ToList();
        Assert.That(used, Has.Some.StartsWith("Microsoft.Extensions.Logging."), "that it sees anything");
        Assert.That(used.Where(m => Regex.IsMatch(m, @"^Microsoft\.Extensions\.Logging\.LoggerExtensions\.|^Serilog\.(Log\.(?!CloseAndFlush$)|ILogger\.)|^System\.Diagnostics\.(Trace|Debug|EventLog|Activity|ActivitySource)\.|^System\.Diagnostics\.Tracing\.")), Is.Empty);
        // Before there is a log, it is said why the service does not start; and the doctor speaks to whoever asked him.
        Assert.That(used.Where(m => m.StartsWith("System.Console.", StringComparison.Ordinal)).Distinct(), Is.EquivalentTo(new[] { "System.Console.get_Error", "System.Console.get_Out" }));
        Assert.That(SourceText.Lines().Where(l => Regex.IsMatch(l.Text, @"\bConsole\.(Out|Error|Write)")).Select(l => Path.GetFileName(l.File)).Distinct(), Is.EqualTo(new[] { "Program.cs" }));
    }

    [Test]
    public void The_source_calls_no_logger_by_hand_and_opens_one_scope()
    {
        var lines = SourceText.Lines().ToList();
        Assert.That(lines.Where(l => Regex.IsMatch(l.Text, @"\.Log\(|\.Log<|LoggerMessage\.Define|\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")), Is.Empty);
        Assert.That(lines.Where(l => l.Text.Contains("BeginScope", StringComparison.Ordinal)).Select(l => l.Text), Has.Exactly(1).Items.And.All.Contains("\"CallSid\"").And.All.Contains("\"StreamSid\""));
    }

    /// <summary>The methods of other assemblies that an assembly calls, as its metadata names them.</summary>
    private static IEnumerable<string> MembersUsedBy(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference)
                continue;
            var type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
            yield return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}.{metadata.GetString(member.Name)}";
        }
    }
}
