use strict; use warnings; $| = 1;
my %n; while (<DATA>) { $n{lc $1}++ while /(\w+)/g; }
print "$_=$n{$_}\n" for sort { $n{$b} <=> $n{$a} || $a cmp $b } keys %n;
pipe(my $r, my $w); my @kids;
for my $i (1..4) { my $p = fork // die; if (!$p) { close $r; print $w "child $i\n"; close $w; exit $i; } push @kids, $p; }
close $w; my @l = sort <$r>; print @l;
for my $p (@kids) { waitpid $p, 0; print "code ", $? >> 8, "\n"; }
open(my $s, '|-', 'sort -n | head -3') or die; print $s "$_\n" for (9,3,7,1,5); close $s; print "sort $?\n";
print sort { $a <=> $b } map { "$_\n" } qw(10 9 2 33);
local $SIG{ALRM} = sub { print "alarm\n" }; alarm 1; select undef, undef, undef, 2.5;
my $t = "The quick brown fox"; (my $u = $t) =~ s/(\w+)/\u\L$1/g; print "$u\n"; print join('|', $t =~ /(?<a>q\w+)\s(b\w+)/), " $+{a}\n";
printf "%.6f %s\n", atan2(1,1)*4, join ',', unpack('C*', pack('N', 0xdeadbeef));
__DATA__
a rose is a rose is a rose
Perl is here, and here is perl
