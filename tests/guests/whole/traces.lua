local t={} for i=1,200000 do t[i%1000+1]=(t[i%1000+1] or 0)+i*3%7 end local s=0 for i,v in ipairs(t) do s=s+v end print(s)
local function fib(n) if n<2 then return n end return fib(n-1)+fib(n-2) end print(fib(24))
local ffi=require'ffi' ffi.cdef[[int getpid(void); int snprintf(char*,size_t,const char*,...); typedef struct {int a; double b;} P;]]
local p=ffi.new('P[100]') for r=1,200 do for i=0,99 do p[i].a=p[i].a+i; p[i].b=p[i].b+p[i].a/2 end end print(p[99].a, p[50].b)
local b=ffi.new('char[64]') ffi.C.snprintf(b,64,'%s %d','ffi',ffi.new('int',42)) print(ffi.string(b))
print(jit.status()) local x=0 for i=1,1e6 do x=x+bit.bxor(i,3) end print(x) print(select('#',string.rep('a',100):gsub('a','b')))
for _,f in ipairs{math.sin,math.sqrt} do local z=0 for i=1,1000 do z=z+f(i) end print(string.format('%.9f',z)) end
local cs={} for i=1,5 do cs[i]=coroutine.wrap(function() for j=1,100 do coroutine.yield(i*j) end end) end local y=0 for j=1,100 do for i=1,5 do y=y+cs[i]() end end print(y)
